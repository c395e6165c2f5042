import AWSServer
import AWSWire
import Foundation

/// Reads the members of a request and checks their types and limits.
struct CloudWatchInput: Sendable {
  /// Makes the fault for an invalid value: the operation's modelled error, or `ValidationError`.
  typealias Refusal = @Sendable (String) -> AWSFault

  let value: JSONValue
  /// The path to this structure, for messages: `MetricData.member.1.`
  let path: String
  let invalid: Refusal

  init(_ value: JSONValue, path: String = "", invalid: @escaping Refusal) {
    self.value = value
    self.path = path
    self.invalid = invalid
  }

  private func member(_ name: String) -> JSONValue? { value[name].flatMap { $0.isNull ? nil : $0 } }

  func has(_ name: String) -> Bool { member(name) != nil }

  private func wrongType(_ name: String, _ type: String) -> AWSFault {
    CloudWatchFault.serialization("\(path)\(name) must be \(type).")
  }

  func refuse(_ name: String, _ value: some CustomStringConvertible) -> AWSFault {
    invalid("The value \(value.description.prefix(100)) for parameter \(path)\(name) is invalid.")
  }

  func text(_ name: String, max: Int, min: Int = 1) throws(AWSFault) -> String? {
    guard let member = member(name) else { return nil }
    guard let text = member.string else { throw wrongType(name, "a string") }
    let length = text.unicodeScalars.count
    guard length >= min, length <= max else { throw invalid("The length of \(path)\(name) must be between \(min) and \(max).") }
    return text
  }

  func requiredText(_ name: String, max: Int) throws(AWSFault) -> String {
    guard let text = try text(name, max: max) else { throw CloudWatchFault.missing(path + name) }
    return text
  }

  func choice(_ name: String, of allowed: some Collection<String>) throws(AWSFault) -> String? {
    guard let text = try text(name, max: 255) else { return nil }
    guard allowed.contains(text) else { throw refuse(name, text) }
    return text
  }

  func integer(_ name: String, in range: ClosedRange<Int>) throws(AWSFault) -> Int? {
    guard let member = member(name) else { return nil }
    guard let number = member.integer else { throw wrongType(name, "an integer") }
    guard range.contains(number) else { throw refuse(name, number) }
    return number
  }

  /// A number that CloudWatch accepts: −2^360 to 2^360. NaN, which is a string in JSON, is refused.
  func number(_ name: String) throws(AWSFault) -> Double? {
    guard let member = member(name) else { return nil }
    return try number(member, name)
  }

  private func number(_ member: JSONValue, _ name: String) throws(AWSFault) -> Double {
    if let text = member.string, ["NaN", "Infinity", "-Infinity"].contains(text) { throw refuse(name, text) }
    guard let number = member.double else { throw wrongType(name, "a number") }
    guard number.isFinite, abs(number) <= 0x1p360 else { throw refuse(name, number) }
    return number
  }

  func numbers(_ name: String, max: Int) throws(AWSFault) -> [Double]? {
    guard let elements = try elements(name, max: max) else { return nil }
    var numbers: [Double] = []
    for element in elements { numbers.append(try number(element, name)) }
    return numbers
  }

  func flag(_ name: String) throws(AWSFault) -> Bool? {
    guard let member = member(name) else { return nil }
    guard let flag = member.bool else { throw wrongType(name, "a boolean") }
    return flag
  }

  /// A time in seconds since 1970, from a number or a text in ISO 8601.
  func time(_ name: String) throws(AWSFault) -> Int? {
    guard let member = member(name) else { return nil }
    if let number = member.double {
      guard number.isFinite, abs(number) <= Double(UnixTime.secondsMax) else { throw refuse(name, number) }
      return Int(number.rounded(.down))
    }
    guard let text = member.string else { throw wrongType(name, "a timestamp") }
    for fraction in [false, true] {
      if let date = try? Date(text, strategy: Date.ISO8601FormatStyle(includingFractionalSeconds: fraction)) {
        return UnixTime.seconds(date)
      }
    }
    throw refuse(name, text)
  }

  private func elements(_ name: String, max: Int) throws(AWSFault) -> [JSONValue]? {
    guard let member = member(name) else { return nil }
    guard let elements = member.array else { throw wrongType(name, "a list") }
    guard elements.count <= max else { throw invalid("The collection \(path)\(name) must not have a size greater than \(max).") }
    return elements
  }

  func texts(_ name: String, max: Int, length: Int) throws(AWSFault) -> [String]? {
    guard let elements = try elements(name, max: max) else { return nil }
    var texts: [String] = []
    for element in elements {
      guard let text = element.string else { throw wrongType(name, "a list of strings") }
      guard text.unicodeScalars.count <= length, !text.isEmpty else { throw refuse(name, text) }
      texts.append(text)
    }
    return texts
  }

  func structures(_ name: String, max: Int) throws(AWSFault) -> [CloudWatchInput]? {
    guard let elements = try elements(name, max: max) else { return nil }
    var inputs: [CloudWatchInput] = []
    for (index, element) in elements.enumerated() {
      guard element.members != nil else { throw wrongType(name, "a list of structures") }
      inputs.append(CloudWatchInput(element, path: "\(path)\(name).member.\(index + 1).", invalid: invalid))
    }
    return inputs
  }

  func structure(_ name: String) throws(AWSFault) -> CloudWatchInput? {
    guard let member = member(name) else { return nil }
    guard member.members != nil else { throw wrongType(name, "a structure") }
    return CloudWatchInput(member, path: "\(path)\(name).", invalid: invalid)
  }
}

extension CloudWatchInput {
  func dimensions(_ name: String = "Dimensions") throws(AWSFault) -> [MetricKey.Dimension] {
    var dimensions: [MetricKey.Dimension] = []
    for input in try structures(name, max: 30) ?? [] {
      let dimension = MetricKey.Dimension(
        name: try input.requiredText("Name", max: 255), value: try input.requiredText("Value", max: 1_024))
      guard !dimensions.contains(where: { $0.name == dimension.name }) else {
        throw invalid("The collection \(path)\(name) must not have the dimension \(dimension.name) twice.")
      }
      dimensions.append(dimension)
    }
    return dimensions
  }

  func metricKey() throws(AWSFault) -> MetricKey {
    MetricKey(
      namespace: try requiredText("Namespace", max: 255), name: try requiredText("MetricName", max: 255),
      dimensions: try dimensions())
  }

  func unit() throws(AWSFault) -> String? { try choice("Unit", of: Self.units) }

  /// A period in seconds: 1, 5, 10, 30 or a multiple of 60.
  func period(_ name: String = "Period") throws(AWSFault) -> Int? {
    guard let period = try integer(name, in: 1...Int(Int32.max)) else { return nil }
    guard [1, 5, 10, 30].contains(period) || period % 60 == 0 else {
      throw invalid("The parameter \(path)\(name) must be a value in the set [ 1, 5, 10, 30 ] or a multiple of 60.")
    }
    return period
  }

  private static let units: Set<String> = {
    var units: Set<String> = ["Seconds", "Microseconds", "Milliseconds", "Percent", "Count", "Count/Second", "None"]
    for size in ["", "Kilo", "Mega", "Giga", "Tera"] {
      for kind in ["Bytes", "Bits"] {
        let unit = size.isEmpty ? kind : size + kind.lowercased()
        units.formUnion([unit, unit + "/Second"])
      }
    }
    return units
  }()
}
