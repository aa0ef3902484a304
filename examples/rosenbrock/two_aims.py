"""Two aims that no point reaches together: low in Rosenbrock's valley, and near (-1, 1).

Plain Python: values come in input/params.json, both results go to distribute_save/results.json with what else is worth a column.
"""
import json

params = json.load(open('input/params.json'))
x, y = params['x'], params['y']
results = {
    'valley': 100 * (y - x * x) ** 2 + (1 - x) ** 2,
    'distance': ((x + 1) ** 2 + (y - 1) ** 2) ** 0.5,
    'in_valley': abs(y - x * x) < 0.1,
}
with open('distribute_save/results.json', 'w') as file:
    json.dump(results, file)
