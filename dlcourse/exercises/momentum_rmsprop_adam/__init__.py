"""Exercises on the optimizers (week 2), each run over several steps from state=None."""

from dlcourse.exercises.momentum_rmsprop_adam import adam, momentum, rmsprop

EXERCISES = (*momentum.EXERCISES, *rmsprop.EXERCISES, *adam.EXERCISES)
