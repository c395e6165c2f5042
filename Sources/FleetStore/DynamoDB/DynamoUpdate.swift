/// A conditional change of one item, which a table does as a whole or not at all.
///
/// It has only what a fleet needs. So DynamoDB and a table in memory can't disagree about what it means.
package struct DynamoUpdate: Sendable, Equatable {
  package enum Condition: Sendable, Equatable {
    /// The item doesn't exist.
    case isNew
    case equal(String, Int128)
    case atLeast(String, Int128)
    case atMost(String, Int128)
  }

  package enum Action: Sendable, Equatable {
    case set(String, DynamoAttribute)
    /// A number that isn't there counts as 0.
    case add(String, Int128)
    case remove(String)
  }

  package var conditions: [Condition] = []
  package var actions: [Action] = []
}

/// What became of a conditional change.
package enum DynamoOutcome: Sendable, Equatable {
  /// - Parameter item: the item after the change.
  case written(DynamoAttributes)
  /// - Parameter item: the item that doesn't meet the conditions; nil if there is none.
  case refused(DynamoAttributes?)
}

extension DynamoUpdate {
  /// Does it to an item in memory, as DynamoDB would.
  /// - Throws: ``FleetStoreError`` (`corrupt`) if something is added to a text.
  package func apply(to item: DynamoAttributes?) throws(FleetStoreError) -> DynamoOutcome {
    guard conditions.allSatisfy({ $0.isMet(by: item) }) else { return .refused(item) }
    var changed = item ?? [:]
    for action in actions {
      switch action {
      case .set(let name, let value): changed[name] = value
      case .remove(let name): changed[name] = nil
      case .add(let name, let amount):
        guard let old = changed[name, default: .number(0)].number else { throw .corrupt("item") }
        changed[name] = .number(old + amount)
      }
    }
    return .written(changed)
  }
}

extension DynamoUpdate.Condition {
  /// A comparison with an attribute that isn't there, or is a text, is false.
  fileprivate func isMet(by item: DynamoAttributes?) -> Bool {
    switch self {
    case .isNew: item == nil
    case .equal(let name, let value): item?[name]?.number == value
    case .atLeast(let name, let value): item?[name]?.number.map { $0 >= value } ?? false
    case .atMost(let name, let value): item?[name]?.number.map { $0 <= value } ?? false
    }
  }
}
