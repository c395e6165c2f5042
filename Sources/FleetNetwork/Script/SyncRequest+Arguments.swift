import FleetStore

extension SyncRequest {
  /// The arguments of the script, docs/design/fleet.md, "One operation". Numbers that exceed their range are left to the script.
  /// - Parameters:
  ///   - name: the member's encoded name.
  ///   - now: the clock in ms since 1970, for tests; nil for the server's.
  func arguments(name: String, at now: Int64? = nil) -> [String] {
    let flags: Int64 = (isStrict ? 1 : 0) + (isLeaving ? 2 : 0) + (isThrottled ? 4 : 0)
    var numbers = [sequence, weight, horizon, flags, version, Int64(meters.count)]
    for meter in meters { numbers += [meter.limit.kind.rawValue, meter.limit.rate, meter.limit.capacity, meter.limit.burst] }
    numbers += meters.map(\.owed.reserved)
    numbers += meters.map(\.owed.predicted)
    numbers += [fallback, share, hintEpoch]
    numbers += meters.map(\.hintLevel)
    numbers.append(Int64(credits.count))
    for credit in credits { numbers += [credit.slot, credit.units] }
    numbers.append(Int64(bundles.count))
    for bundle in bundles {
      numbers += bundle.map(\.reserved)
      numbers += bundle.map(\.predicted)
    }
    return [now.map(String.init) ?? "", name] + numbers.map(String.init)
  }
}
