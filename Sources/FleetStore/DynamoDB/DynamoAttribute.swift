import Foundation

/// A value of an item. DynamoDB has more types, which items of a fleet don't use.
package enum DynamoAttribute: Sendable, Equatable {
  /// DynamoDB keeps 38 digits; those of a fleet have at most 22.
  case number(Int128)
  case text(String)

  var number: Int128? { if case .number(let value) = self { value } else { nil } }
  var text: String? { if case .text(let value) = self { value } else { nil } }
}

/// An item, without its keys.
package typealias DynamoAttributes = [String: DynamoAttribute]

/// Where an item is: the scope, and within it the scope's own item or that of a member.
package struct DynamoKey: Sendable, Hashable {
  /// The attributes that hold the keys of every table of a fleet; both are strings.
  package static let names = (partition: "pk", sort: "sk")
  /// The sort key of scopes' own items.
  static let scopeItem = "s"
  private static let memberItem = "m#"

  package var partition: String
  package var sort: String

  /// The item of a scope.
  package init(_ scope: FleetScope, prefix: String) {
    partition = "\(prefix)bq\(FleetState.protocolVersion)#\(FleetName.encode(scope.name))"
    sort = Self.scopeItem
  }

  /// The scope whose item has this partition key; nil for other keys, and for names that were too long to be kept.
  static func scope(ofPartition partition: String, prefix: String) -> FleetScope? {
    let start = "\(prefix)bq\(FleetState.protocolVersion)#"
    guard partition.hasPrefix(start), !partition.contains("~") else { return nil }
    return String(partition.dropFirst(start.count)).removingPercentEncoding.map { FleetScope($0) }
  }

  /// An item beside this one.
  private init(partition: String, sort: String) {
    self.partition = partition
    self.sort = sort
  }

  /// The row of a member.
  /// - Parameter name: encoded.
  func member(_ name: String) -> DynamoKey { DynamoKey(partition: partition, sort: Self.memberItem + name) }

  /// The encoded name of the member whose row this is; nil if it is no row.
  static func member(ofSort sort: String) -> String? {
    sort.hasPrefix(memberItem) ? String(sort.dropFirst(memberItem.count)) : nil
  }

  func beside(sort: String) -> DynamoKey { DynamoKey(partition: partition, sort: sort) }
}
