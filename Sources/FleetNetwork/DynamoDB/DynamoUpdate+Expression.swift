import AWSWire
import FleetStore

/// The form in which DynamoDB takes a change.
extension DynamoUpdate {
  /// The members of an UpdateItem request that the change needs.
  ///
  /// Every name gets a placeholder, since many short words are reserved. A range is two comparisons: BETWEEN of moto 5.2 is false
  /// for the number 0.
  var members: [JSONValue.Member] {
    var form = Form()
    let terms = conditions.map { form.text($0) }
    let update = [
      form.clause("SET", actions) { action, form in
        guard case .set(let name, let value) = action else { return nil }
        return "\(form.name(name)) = \(form.value(value))"
      },
      form.clause("ADD", actions) { action, form in
        guard case .add(let name, let amount) = action else { return nil }
        return "\(form.name(name)) \(form.value(.number(amount)))"
      },
      form.clause("REMOVE", actions) { action, form in
        guard case .remove(let name) = action else { return nil }
        return form.name(name)
      },
    ]
    var members = [
      JSONValue.Member("UpdateExpression", .string(update.compactMap { $0 }.joined(separator: " "))),
      JSONValue.Member("ExpressionAttributeNames", .object(form.names.map { .init("#\($0)", .string($0)) })),
    ]
    if !terms.isEmpty { members.append(.init("ConditionExpression", .string(terms.joined(separator: " AND ")))) }
    if !form.values.isEmpty { members.append(.init("ExpressionAttributeValues", .object(form.values))) }
    return members
  }

  private struct Form {
    private(set) var names: [String] = []
    private(set) var values: [JSONValue.Member] = []

    mutating func name(_ name: String) -> String {
      if !names.contains(name) { names.append(name) }
      return "#\(name)"
    }

    mutating func value(_ value: DynamoAttribute) -> String {
      let placeholder = ":\(values.count)"
      values.append(.init(placeholder, value.json))
      return placeholder
    }

    mutating func text(_ condition: Condition) -> String {
      switch condition {
      case .isNew: "attribute_not_exists(\(name(DynamoKey.names.partition)))"
      case .equal(let name, let value): "\(self.name(name)) = \(self.value(.number(value)))"
      case .atLeast(let name, let value): "\(self.name(name)) >= \(self.value(.number(value)))"
      case .atMost(let name, let value): "\(self.name(name)) <= \(self.value(.number(value)))"
      }
    }

    mutating func clause(_ word: String, _ actions: [Action], _ text: (Action, inout Form) -> String?) -> String? {
      let parts = actions.compactMap { text($0, &self) }
      return parts.isEmpty ? nil : "\(word) \(parts.joined(separator: ", "))"
    }
  }
}

extension DynamoAttribute {
  /// Numbers are texts without an exponent.
  var json: JSONValue {
    switch self {
    case .number(let value): .object([.init("N", .string("\(value)"))])
    case .text(let value): .object([.init("S", .string(value))])
    }
  }

  /// - Returns: nil for types that items of a fleet don't have, and for numbers that aren't whole.
  init?(_ json: JSONValue) {
    if let text = json["S"]?.string {
      self = .text(text)
    } else if let number = json["N"]?.string.flatMap({ Int128($0) }) {
      self = .number(number)
    } else {
      return nil
    }
  }
}
