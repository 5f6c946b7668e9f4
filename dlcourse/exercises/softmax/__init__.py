"""Exercises on several classes (week 3): softmax, and the cross-entropy from logits."""

from dlcourse.exercises.softmax import cross_entropy, softmax

EXERCISES = (*softmax.EXERCISES, *cross_entropy.EXERCISES)
