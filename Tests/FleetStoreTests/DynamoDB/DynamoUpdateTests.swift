import AWSWire
import Testing

@testable import FleetNetwork
@testable import FleetStore

struct DynamoUpdateTests {
  private let update = DynamoUpdate(
    conditions: [.equal("v", 1), .atLeast("l0", -5), .atMost("l0", 0)],
    actions: [.add("l0", 3), .set("ttl", .number(9)), .remove("w1"), .add("w3", 1), .set("q", .text("1 0"))])

  @Test func anItemThatMeetsTheConditionsIsChangedAsAWhole() throws {
    let item: DynamoAttributes = ["v": .number(1), "l0": .number(0), "w1": .number(4)]
    let new: DynamoAttributes = ["v": .number(1), "l0": .number(3), "ttl": .number(9), "w3": .number(1), "q": .text("1 0")]
    #expect(try update.apply(to: item) == .written(new))
  }

  @Test(
    arguments: [
      nil, [:], ["v": .number(2), "l0": .number(0)], ["v": .number(1)], ["v": .number(1), "l0": .number(1)],
      ["v": .number(1), "l0": .number(-6)], ["v": .number(1), "l0": .text("0")],
    ] as [DynamoAttributes?])
  func othersAreGivenBackUnchanged(item: DynamoAttributes?) throws {
    #expect(try update.apply(to: item) == .refused(item))
  }

  @Test func theExpressionHasPlaceholdersForEverything() {
    let members = Dictionary(uniqueKeysWithValues: update.members.map { ($0.name, $0.value) })
    #expect(members["ConditionExpression"]?.string == "#v = :0 AND #l0 >= :1 AND #l0 <= :2")
    #expect(members["UpdateExpression"]?.string == "SET #ttl = :3, #q = :4 ADD #l0 :5, #w3 :6 REMOVE #w1")
    #expect(members["ExpressionAttributeNames"]?.members?.count == 6)
    #expect(members["ExpressionAttributeValues"]?[":1"] == .object([.init("N", "-5")]))
  }

  @Test func numbersHaveNoExponent() {
    let large = DynamoAttribute.number(10_000_000_000_000_000_000_000)
    #expect(large.json["N"]?.string == "10000000000000000000000" && DynamoAttribute(large.json) == large)
    for text in ["1e3", "1.5", "", "NaN", "0x10"] { #expect(DynamoAttribute(.object([.init("N", .string(text))])) == nil) }
    #expect(DynamoAttribute(.object([.init("BOOL", true)])) == nil)
  }
}
