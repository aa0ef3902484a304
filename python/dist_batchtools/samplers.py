"""Samplers of optuna that a script makes itself, by the names that dist has for them."""

NAMES = {'TPESampler': 'tpe', 'RandomSampler': 'random', 'CmaEsSampler': 'cmaes', 'NSGAIISampler': 'nsgaii', 'NSGAIIISampler': 'nsgaiii',
         'GPSampler': 'gp', 'QMCSampler': 'qmc'}


def sampler_name(value):
    """None for what is no sampler, or already a name."""
    return NAMES.get(type(value).__name__)
