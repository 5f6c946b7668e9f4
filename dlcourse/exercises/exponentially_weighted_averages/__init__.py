"""Exercises on exponentially weighted averages (week 2): the series, and the bias correction."""

from dlcourse.exercises.exponentially_weighted_averages import bias_correction, ewa

EXERCISES = (*ewa.EXERCISES, *bias_correction.EXERCISES)
