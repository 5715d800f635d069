"""Answers one request and keeps a record."""


def answer(model, request, records):
    score = model.predict_proba([request.features])[0][1]
    records.append({"customer": request.customer, "score": score, "decision": score > 0.5})
    return score
