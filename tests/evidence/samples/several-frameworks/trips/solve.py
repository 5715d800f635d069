import jax.numpy as jnp

values = jnp.zeros(3)
