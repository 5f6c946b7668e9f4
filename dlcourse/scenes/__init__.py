"""Scenes: figures as functions. A scene builds its artists once and hands back what changes them:

    def averages(fig, dates, temperatures):
        ...make axes and artists, once...
        def update(beta, bias_correction):
            ...compute with the algorithms of dlcourse, set_data on the artists...
            return "beta 0.90 averages about 10 days."      # one sentence: what the picture says now, with its number
        return update

Where a model trains, `update` is a generator instead and yields pairs `(done, sentence)`, done from 0 to 1, as the training
goes on; the last pair is the final one. It must leave nothing behind when it is dropped half-way (it is, as soon as a slider
moves): all that it changes are the artists, which the next call sets anew from its own arguments alone.

What keeps frames fast: make artists once and move them with set_data, set_offsets, set_text; leave limits, ticks and titles
alone; give texts that move `clip_on=True`. Anything else is drawn rightly too, only slower. What a goal shall judge goes into
a dict `update.facts`, refreshed by each call; controls that do nothing in the present mode are named in a set
`update.idle`, and greyed out. Presets and goals stand in the scene's own file, as PRESETS and GOALS, by name.
"""

from dlcourse.scenes.augmentation_and_early_stopping import augmented_training, distorted_digits, stopping_early  # noqa: F401
from dlcourse.scenes.batch_norm import (
    batch_noise,
    gamma_and_beta,
    layers_of_z,
    rates_tolerated,  # noqa: F401
    running_estimates,
    two_accounts,
)
from dlcourse.scenes.bias_and_variance import bias_and_variance, error_plane, mismatched  # noqa: F401
from dlcourse.scenes.dropout import dropout_training, dropped_units, mask_in_backward, next_z  # noqa: F401
from dlcourse.scenes.exponentially_weighted_averages import averages  # noqa: F401
from dlcourse.scenes.frameworks import first_program  # noqa: F401
from dlcourse.scenes.gradient_checking import eps_valley, fresh_and_fixed, planted_bugs, relu_kink  # noqa: F401
from dlcourse.scenes.initialization import (
    activation_curves,
    dying_relus,
    initialization_field,  # noqa: F401
    learning_from_each_start,
    powers_of_depth,
    symmetry,
)
from dlcourse.scenes.l2_and_l1 import cost_by_step, sparse_weights, weights_under_penalty, where_z_falls  # noqa: F401
from dlcourse.scenes.learning_rate_decay import every_schedule, same_curve, settling, wrong_clocks  # noqa: F401
from dlcourse.scenes.mini_batches import batch_size_paths, easy_and_hard, time_by_size  # noqa: F401
from dlcourse.scenes.momentum_rmsprop_adam import conventions, optimizer_paths, optimizers_on_a_network  # noqa: F401
from dlcourse.scenes.normalizing_inputs import contours_of_the_inputs, statistics_of_the_test_set  # noqa: F401
from dlcourse.scenes.recipe import recipe  # noqa: F401
from dlcourse.scenes.saddles_and_plateaus import plateau_crossing, saddles_by_cost, share_of_saddles, zero_gradients  # noqa: F401
from dlcourse.scenes.softmax import (
    class_borders,
    large_logits,
    logit_gradient,
    probabilities,  # noqa: F401
    two_classes,
)
from dlcourse.scenes.transfer import few_labels  # noqa: F401
from dlcourse.scenes.tuning import chosen_by_luck, grid_and_random, panda_and_caviar, sampling_scales, searching  # noqa: F401
