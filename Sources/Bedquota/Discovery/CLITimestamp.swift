/// ISO 8601 as the AWS CLI prints it: an offset instead of `Z`, and six decimals of a second or none.
enum CLITimestamp {
  static func spell(_ wire: String) -> String {
    guard wire.hasSuffix("Z") else { return wire }
    let sides = wire.dropLast().split(separator: ".", maxSplits: 1)
    guard sides.count == 2 else { return "\(wire.dropLast())+00:00" }
    let fraction = String((sides[1] + "000000").prefix(6))
    return fraction == "000000" ? "\(sides[0])+00:00" : "\(sides[0]).\(fraction)+00:00"
  }
}
