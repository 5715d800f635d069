"""WHO COMES IN: headers, guard, upload quota and our own routes around the Streamlit pages."""
