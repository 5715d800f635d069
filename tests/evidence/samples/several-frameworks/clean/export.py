try:
    import tensorflow
except ImportError:
    tensorflow = None


def export(model):
    import jax

    return jax, tensorflow
