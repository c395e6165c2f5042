import Synchronization

/// The alarms of one Region, by name.
final class AlarmStore: Sendable {
  static let alarmsMax = 5_000

  /// The limit of all definitions together, in bytes of JSON.
  static let bytesMax = 64 * 1_024 * 1_024

  private let alarms = Mutex<[String: Alarm]>([:])

  /// In the order of their names.
  var all: [Alarm] { alarms.withLock { Array($0.values) }.sorted { $0.name < $1.name } }

  /// Adds or replaces an alarm.
  /// - Returns: false if there are too many alarms.
  func put(_ alarm: Alarm) -> Bool {
    alarms.withLock { alarms in
      guard alarms[alarm.name] != nil || alarms.count < Self.alarmsMax else { return false }
      let others = alarms.values.reduce(0) { $0 + ($1.name == alarm.name ? 0 : $1.bytes) }
      guard others + alarm.bytes <= Self.bytesMax else { return false }
      var alarm = alarm
      // A changed alarm keeps its state until it is evaluated again.
      if let old = alarms[alarm.name] { alarm.state = old.state }
      alarms[alarm.name] = alarm
      return true
    }
  }

  /// - Returns: false if there is no such alarm.
  @discardableResult
  func setState(_ state: AlarmState, of name: String) -> Bool {
    alarms.withLock { alarms in
      guard alarms[name] != nil else { return false }
      alarms[name]?.state = state
      return true
    }
  }

  func alarm(_ name: String) -> Alarm? { alarms.withLock { $0[name] } }

  /// Deletes all of these alarms, or none if a name is unknown.
  /// - Returns: the first unknown name.
  func delete(_ names: [String]) -> String? {
    alarms.withLock { alarms in
      if let unknown = names.first(where: { alarms[$0] == nil }) { return unknown }
      for name in names { alarms[name] = nil }
      return nil
    }
  }

  func reset() { alarms.withLock { $0 = [:] } }
}
