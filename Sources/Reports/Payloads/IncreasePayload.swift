import AWSWire
import Bedquota
import BedrockQuotas

/// A plan of `increase` as JSON; see docs/json.md.
struct IncreasePlanPayload: Encodable {
  struct Obstacle: Encodable {
    var code: String
    var message: String
  }

  struct Rate: Encodable {
    var peak: Double?
    var peakAt: String?
    var steady: Double?

    init(_ rate: IncreaseEvidence.Rate) {
      (peak, steady, peakAt) = (rate.peak, rate.steady, rate.peakAtSeconds.map(AWSDate.iso8601))
    }
  }

  struct Evidence: Encodable {
    var averageInputTokens: Double?
    var averageOutputTokens: Double?
    var end: String
    var peakDemand: Double?
    var periodSeconds: Int
    var requests: Double
    var requestsPerMinute: Rate?
    var start: String
    var throttleRate: Double?
    var throttles: Double
    var tokensPerDay: Rate?
    var tokensPerMinute: Rate?

    init(_ evidence: IncreaseEvidence) {
      let window = evidence.window
      start = AWSDate.iso8601(window.startSeconds)
      end = AWSDate.iso8601(min(window.endSeconds, window.nowSeconds))
      periodSeconds = window.periodSeconds
      (requests, throttles, throttleRate) = (evidence.requests, evidence.throttles, evidence.throttleRate)
      peakDemand = evidence.peakDemand
      (averageInputTokens, averageOutputTokens) = (evidence.averageInputTokens, evidence.averageOutputTokens)
      tokensPerDay = evidence.tokensPerDay.map(Rate.init)
      tokensPerMinute = evidence.tokensPerMinute.map(Rate.init)
      requestsPerMinute = evidence.requestsPerMinute.map(Rate.init)
    }
  }

  var adjustable: Bool?
  var appliedValue: Double?
  var code: String
  /// The command of the AWS CLI that sends the request; nil if it can't be sent.
  var command: String?
  var defaultValue: Double?
  var desiredValue: Double?
  var evidence: Evidence?
  var id: String
  var measure: String
  var name: String
  var notes: [String]
  var obstacles: [Obstacle]
  var reasons: [String]
  var region: String

  init(_ plan: IncreasePlan, command: String?) {
    (id, region, self.command) = (plan.id, plan.region, command)
    (code, name, measure) = (plan.quota.code, plan.quota.name.text, plan.quota.name.measure.rawValue)
    (appliedValue, defaultValue, adjustable) = (plan.quota.appliedValue, plan.quota.defaultValue, plan.quota.adjustable)
    (desiredValue, reasons, notes) = (plan.desiredValue, plan.reasons, plan.notes)
    obstacles = plan.obstacles.map { Obstacle(code: $0.name, message: $0.message) }
    evidence = plan.evidence.map(Evidence.init)
  }
}

/// A request of `increase status` as JSON.
struct IncreaseRecordPayload: Encodable {
  var appliedValue: Double?
  var caseId: String?
  var code: String?
  var created: String?
  var desiredValue: Double?
  var id: String?
  var lastUpdated: String?
  var name: String?
  var open: Bool
  var outcome: String
  var status: String?

  init(_ record: IncreaseRecord, current: Double?) {
    (id, caseId, code, name) = (record.id, record.caseID, record.quotaCode, record.quotaName)
    (desiredValue, status, open) = (record.desiredValue, record.status, record.isOpen)
    created = record.createdSeconds.map { AWSDate.iso8601(Int($0)) }
    lastUpdated = record.updatedSeconds.map { AWSDate.iso8601(Int($0)) }
    appliedValue = current
    outcome = record.outcome(current: current)
  }
}
