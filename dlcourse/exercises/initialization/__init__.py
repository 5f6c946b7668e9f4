"""Exercises on initialization (week 1): the standard deviation for relu units, and a whole theta."""

from dlcourse.exercises.initialization import he, initialize

EXERCISES = (*he.EXERCISES, *initialize.EXERCISES)
