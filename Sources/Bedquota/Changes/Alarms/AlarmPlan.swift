package import AWSWire
public import BedrockQuotas

/// The alarms that should be, compared with those that are. Making a plan changes nothing.
public struct AlarmPlan: Sendable {
  /// What happens to an alarm. Closed.
  public enum Change: String, Sendable { case new, changed, unchanged, removed }

  /// A property of an alarm that changes.
  public struct Difference: Sendable, Equatable {
    /// AWS's name of the property, such as `Threshold`.
    public var field: String
    /// nil if the property was not set.
    public var old: String?
    /// nil if the property is no longer set.
    public var new: String?
  }

  /// One alarm.
  public struct Item: Sendable {
    public var name: String
    public var change: Change
    /// nil for an alarm that is removed.
    public var subject: AlarmSubject?
    public var quotaCode: String?
    /// The quota's effective value.
    public var quota: Double?
    public var threshold: Double?
    /// Empty unless the alarm changes.
    public var differences: [Difference] = []
    /// Whether the alarm notifies somebody.
    public var isNotifying: Bool { definition.alarmActions?.isEmpty == false }
    /// The metrics that the alarm reads, by which AWS charges for it.
    public var metricCount: Int { definition.queries?.count { $0.stat != nil } ?? 1 }
    package var definition: MetricAlarm
  }

  /// A quota that gets no alarm, and why.
  public struct LeftOut: Sendable, Equatable {
    public var id: String
    public var measure: QuotaMeasure?
    public var code: String?
    public var reason: String

    init(id: String, measure: QuotaMeasure? = nil, code: String? = nil, reason: String) {
      (self.id, self.measure, self.code, self.reason) = (id, measure, code, reason)
    }

    init(_ id: String, _ quota: Quota, _ reason: String) {
      self.init(id: id, measure: quota.name.measure, code: quota.code, reason: reason)
    }
  }

  public var region: String
  /// In the order of their names.
  public var items: [Item]
  public var leftOut: [LeftOut] = []
  /// Of the ids that the plan was made for by name, those that get no alarm at all, which may be slips; ``leftOut`` says why.
  public var idsWithoutAlarm: [String] = []
  /// Alarms of ours that the plan is not about, because they belong to other models.
  public var otherCount = 0

  /// The alarms that exist once the plan is applied.
  public var kept: [Item] { items.filter { $0.change != .removed } }
  /// What applying the plan does.
  public var changes: [Item] { items.filter { $0.change != .unchanged } }

  public func count(_ change: Change) -> Int { items.count { $0.change == change } }

  /// - Throws: ``BedquotaError`` (`quota-unknown`) if one of the ids gets no alarm.
  package func requireAlarms() throws {
    guard !idsWithoutAlarm.isEmpty else { return }
    let reasons = idsWithoutAlarm.map { id in
      let reasons = leftOut.filter { $0.id == id }.map(\.reason)
      return "\(id) (\(reasons.joined(separator: "; ")))"
    }
    throw BedquotaError(.quotaUnknown, "There is no alarm for \(reasons.joined(separator: ", ")).")
  }
}

extension AlarmPlan {
  /// Compares what should be with what is. Pure.
  /// - Parameters:
  ///   - wanted: in any order; of two with the same name the first counts.
  ///   - current: the alarms whose names begin with our prefix.
  ///   - prefixes: the pools that the plan is about; alarms of ours of other pools stay.
  package init(
    region: String, wanted: [AlarmDesign.WantedAlarm], leftOut: [LeftOut] = [], current: [MetricAlarm], prefixes: Set<String>
  ) {
    let existing = Dictionary(current.map { ($0.name, $0) }) { first, _ in first }
    var items: [String: Item] = [:]
    var leftOut = leftOut
    for alarm in wanted where items[alarm.definition.name] == nil {
      let name = alarm.definition.name
      if let old = existing[name], !Self.isOurs(old) {
        leftOut.append(
          LeftOut(
            id: name, measure: alarm.quota?.name.measure, code: alarm.quota?.code,
            reason: "an alarm of this name exists that Bedquota has not made; rename or delete it"))
        continue
      }
      items[name] = Self.item(alarm, old: existing[name])
    }
    var others = 0
    for old in current where Self.isOurs(old) && items[old.name] == nil {
      guard prefixes.contains(where: { Self.belongs(old.name, to: $0) }) else {
        others += 1
        continue
      }
      items[old.name] = Item(name: old.name, change: .removed, threshold: old.threshold, definition: old)
    }
    self.init(region: region, items: items.values.sorted { $0.name < $1.name }, leftOut: leftOut, otherCount: others)
  }

  /// The plan of removing alarms.
  /// - Parameter prefixes: the pools whose alarms are removed; nil: all of ours.
  package init(region: String, removing prefixes: Set<String>?, current: [MetricAlarm]) {
    let ours = current.filter(Self.isOurs)
    self.init(
      region: region, wanted: [], current: ours,
      prefixes: prefixes ?? Set(ours.map { String($0.name[...($0.name.lastIndex(of: "/") ?? $0.name.startIndex)]) }))
  }

  static func isOurs(_ alarm: MetricAlarm) -> Bool {
    alarm.name.hasPrefix(AlarmName.prefix) && alarm.description?.hasSuffix(AlarmName.marker) == true
  }

  /// Whether nothing but the alarm's last part follows the prefix.
  private static func belongs(_ name: String, to prefix: String) -> Bool {
    name.hasPrefix(prefix) && !name.dropFirst(prefix.count).contains("/")
  }

  private static func item(_ alarm: AlarmDesign.WantedAlarm, old: MetricAlarm?) -> Item {
    var definition = alarm.definition
    if let old {
      // What somebody else has set stays: whether actions are enabled, and actions that the settings don't name.
      definition.actionsEnabled = old.actionsEnabled
      definition.insufficientDataActions = old.insufficientDataActions
      definition.alarmActions = definition.alarmActions ?? old.alarmActions
      definition.okActions = definition.okActions ?? old.okActions
    }
    let differences = old.map { AlarmComparison.differences(from: $0, to: definition) } ?? []
    return Item(
      name: definition.name, change: old == nil ? .new : differences.isEmpty ? .unchanged : .changed, subject: alarm.subject,
      quotaCode: alarm.quota?.code, quota: alarm.quotaValue, threshold: definition.threshold, differences: differences,
      definition: definition)
  }
}
