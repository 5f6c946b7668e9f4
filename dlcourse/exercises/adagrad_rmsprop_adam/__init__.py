"""Exercises on RMSprop and Adam (week 2), each run over several steps from state=None."""

from dlcourse.exercises.adagrad_rmsprop_adam import adam, rmsprop

EXERCISES = (*rmsprop.EXERCISES, *adam.EXERCISES)
