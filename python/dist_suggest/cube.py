"""Codes as points of a unit cube and back, for optimisers that know only floats: a choice is one axis an option, the largest wins."""


class Cube:
    def __init__(self, params):
        self.params = params
        self.axes = sum(param.count if param.form == 'choice' else 1 for param in params)

    def point(self, codes):
        """Codes -> a float between 0 and 1 for each axis."""
        us = []
        for param, code in zip(self.params, codes):
            if param.form == 'choice':
                us.extend(1.0 if option == code else 0.0 for option in range(param.count))
            else:
                us.append(param.fraction(code))
        return us

    def codes(self, us):
        """A point -> codes; what lies outside counts as the border."""
        codes, axis = [], 0
        for param in self.params:
            if param.form == 'choice':
                options = list(us[axis:axis + param.count])
                codes.append(options.index(max(options)))
                axis += param.count
            else:
                codes.append(param.at(min(max(float(us[axis]), 0.0), 1.0)))
                axis += 1
        return codes
