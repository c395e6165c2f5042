extension DynamoPlan {
  /// The conditional change, apart from the census.
  var update: DynamoUpdate {
    var update = DynamoUpdate()
    update.conditions = [
      .equal(DynamoItem.Name.version, Int128(item.version)), .equal(DynamoItem.Name.epoch, Int128(item.epoch)),
    ]
    for index in limits.indices {
      let refill = item.refill(index, at: now)
      let new = DynamoItem.refill(limits[index], since: item.epoch, at: now)
      levels[index].write(DynamoItem.Name.level(index), refill: refill, newRefill: new, to: &update)
      guard limits[index].kind == .minute else { continue }
      pacers[index].write(DynamoItem.Name.pacer(index), refill: refill, newRefill: new, to: &update)
    }
    if adopts {
      update.actions.append(.set(DynamoItem.Name.version, .number(Int128(request.version))))
      update.actions.append(.set(DynamoItem.Name.limits, DynamoItem.text(of: limits)))
    }
    if granted > 0 {
      update.actions.append(.add(DynamoItem.Name.grants, Int128(granted)))
      update.actions.append(.add(DynamoItem.Name.total, Int128(cost)))
    }
    update.actions.append(.set(DynamoItem.Name.expiry, DynamoItem.expiry(at: now)))
    return update
  }
}
