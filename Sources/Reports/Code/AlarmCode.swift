import AWSWire
package import Bedquota

/// The alarms of a plan as code for other tools, with the values that applying the plan would set.
package enum AlarmCode: String, CaseIterable, Sendable {
  case cloudformation, terraform

  package func text(of plan: AlarmPlan) throws -> String {
    let alarms = plan.kept.map(\.definition)
    return self == .cloudformation ? try Self.template(alarms, plan.region) : TerraformWriter.text(alarms)
  }

  /// A CloudFormation template in JSON.
  private static func template(_ alarms: [MetricAlarm], _ region: String) throws -> String {
    struct Resource: Encodable {
      var type = "AWS::CloudWatch::Alarm"
      var properties: MetricAlarm

      enum CodingKeys: String, CodingKey {
        case type = "Type"
        case properties = "Properties"
      }
    }
    struct Template: Encodable {
      var version = "2010-09-09"
      var description: String
      var resources: [String: Resource]

      enum CodingKeys: String, CodingKey {
        case version = "AWSTemplateFormatVersion"
        case description = "Description"
        case resources = "Resources"
      }
    }
    let names = identifiers(alarms.map(\.name), separator: "", capitalizes: true)
    let resources = Dictionary(uniqueKeysWithValues: zip(names, alarms.map { Resource(properties: $0) }))
    return try JSONOutput.encode(
      Template(description: "Alarms on Amazon Bedrock quotas in \(region), written by Bedquota", resources: resources))
  }

  /// A name of letters and digits for each alarm; a number makes equal ones differ.
  static func identifiers(_ names: [String], separator: String, capitalizes: Bool) -> [String] {
    var taken: Set<String> = []
    return names.map { name in
      let words = name.split { !$0.isASCII || !($0.isLetter || $0.isNumber) }
      let base = words.map { capitalizes ? $0.prefix(1).uppercased() + $0.dropFirst() : $0.lowercased() }
        .joined(separator: separator)
      var identifier = base
      var number = 2
      while !taken.insert(identifier).inserted {
        identifier = "\(base)\(separator)\(number)"
        number += 1
      }
      return identifier
    }
  }
}
