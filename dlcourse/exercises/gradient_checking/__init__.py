"""Exercises on gradient checking: the two-sided difference, and how far two gradients are apart (week 1)."""

from dlcourse.exercises.gradient_checking import numerical_gradient, relative_difference

EXERCISES = (*numerical_gradient.EXERCISES, *relative_difference.EXERCISES)
