import AWSWire
import ArgumentParser
import Bedquota
import Reports

/// When alarms go off, and whom they notify.
struct AlarmOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Go off at or above this percentage of the quota.", valueName: "percent"))
  var at = 80.0

  @Option(
    name: .customLong("sns-topic"),
    help: ArgumentHelp(
      "The ARN of an SNS topic to notify; may be repeated. Without it, alarms keep the actions that they have.", valueName: "arn")
  )
  var snsTopic: [String] = []

  @Flag(name: .customLong("notify-ok"), help: "Notify the topics also when an alarm is over.")
  var notifyOK = false

  func validate() throws {
    guard at.isFinite, at > 0, at <= 100 else { throw ValidationError("--at takes a percentage above 0, at most 100.") }
    guard snsTopic.count <= Self.topicsMax else {
      throw ValidationError("--sns-topic can be given \(Self.topicsMax) times: CloudWatch takes no more actions of an alarm.")
    }
    for topic in snsTopic {
      guard let arn = ARN(topic), arn.service == "sns", !arn.region.isEmpty, !arn.account.isEmpty else {
        throw ValidationError(
          "--sns-topic: \"\(topic.shortened())\" is not the ARN of a topic; write it like arn:aws:sns:us-east-1:123456789012:alarms."
        )
      }
    }
    if notifyOK, snsTopic.isEmpty { throw ValidationError("--notify-ok needs --sns-topic.") }
  }

  /// Actions of each kind (CloudWatch API reference, PutMetricAlarm).
  private static let topicsMax = 5

  /// - Throws: `ValidationError` for a topic of another Region, which CloudWatch can't notify.
  func settings(region: String) throws -> AlarmSettings {
    for topic in snsTopic where ARN(topic)?.region != region {
      throw ValidationError("--sns-topic: \(topic.shortened()) is of another Region than the alarms in \(region).")
    }
    return AlarmSettings(share: at / 100, topics: snsTopic.isEmpty ? nil : snsTopic, notifiesRecovery: notifyOK)
  }
}
