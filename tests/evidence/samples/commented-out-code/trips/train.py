"""Trains."""

import features


def train(rows, names):
    return features.build(rows, names)


# scaler = StandardScaler()
# rows = scaler.fit_transform(rows)
# for name in names:
#     rows[name] = rows[name].fillna(0)
# model = build(rows)
# scaler = StandardScaler()
# rows = scaler.fit_transform(rows)
# for name in names:
#     rows[name] = rows[name].fillna(0)
# model = build(rows)
# scaler = StandardScaler()
# rows = scaler.fit_transform(rows)
# for name in names:
#     rows[name] = rows[name].fillna(0)
# model = build(rows)
# scaler = StandardScaler()
# rows = scaler.fit_transform(rows)
# for name in names:
#     rows[name] = rows[name].fillna(0)
# model = build(rows)
# scaler = StandardScaler()
# rows = scaler.fit_transform(rows)
# for name in names:
#     rows[name] = rows[name].fillna(0)
# model = build(rows)
# scaler = StandardScaler()
# rows = scaler.fit_transform(rows)
# for name in names:
#     rows[name] = rows[name].fillna(0)
# model = build(rows)
# scaler = StandardScaler()
# rows = scaler.fit_transform(rows)
# for name in names:
#     rows[name] = rows[name].fillna(0)
# model = build(rows)
# scaler = StandardScaler()
# rows = scaler.fit_transform(rows)
# for name in names:
#     rows[name] = rows[name].fillna(0)
# model = build(rows)
# scaler = StandardScaler()
# rows = scaler.fit_transform(rows)
# for name in names:
#     rows[name] = rows[name].fillna(0)
# model = build(rows)
# scaler = StandardScaler()
# rows = scaler.fit_transform(rows)
# for name in names:
#     rows[name] = rows[name].fillna(0)
# model = build(rows)
# scaler = StandardScaler()
# rows = scaler.fit_transform(rows)
# for name in names:
#     rows[name] = rows[name].fillna(0)
# model = build(rows)
