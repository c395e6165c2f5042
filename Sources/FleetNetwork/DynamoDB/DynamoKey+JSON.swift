import AWSWire
import FleetStore

extension DynamoKey {
  var members: [JSONValue.Member] {
    [.init(Self.names.partition, DynamoAttribute.text(partition).json), .init(Self.names.sort, DynamoAttribute.text(sort).json)]
  }
}

extension JSONValue {
  /// The attributes of an item, but for its keys; nil if it is none.
  var dynamoItem: DynamoAttributes? {
    guard let members else { return nil }
    var item: DynamoAttributes = [:]
    for member in members where member.name != DynamoKey.names.partition && member.name != DynamoKey.names.sort {
      item[member.name] = DynamoAttribute(member.value)
    }
    return item
  }
}
