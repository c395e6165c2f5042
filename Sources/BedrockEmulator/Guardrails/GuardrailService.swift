import AWSServer
import AWSWire
import Foundation

/// ApplyGuardrail in one Region.
///
/// Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_ApplyGuardrail.html
struct GuardrailService: Sendable {
  let guardrails: GuardrailStore
  let meters: GuardrailMeters
  let metrics: GuardrailMetrics
  let clock: EmulatorClock

  func apply(_ reference: String, version: String, _ request: ServerRequest) throws(AWSFault) -> ServerResponse {
    let (guardrail, body, content): (Guardrail, JSONValue, GuardrailContent)
    do throws(AWSFault) {
      guardrail = try find(reference, version)
      body = try request.jsonObject()
      content = try GuardrailContent(body)
    } catch {
      metrics.record(.rejected, units: nil, source: nil, by: nil, at: clock.date)
      throw error
    }
    let units = GuardrailUnits(content, by: guardrail)
    guard meters.take(units, by: guardrail) else {
      metrics.record(.throttled, units: nil, source: content.source, by: guardrail, at: clock.date)
      throw RuntimeError.throttling.fault()
    }
    let verdict = GuardrailVerdict(content, by: guardrail)
    metrics.record(
      verdict.intervenes ? .intervened : .passed, units: units, source: content.source, by: guardrail, at: clock.date)
    return .json(reply(verdict, units, content, guardrail).data)
  }

  private func find(_ reference: String, _ version: String) throws(AWSFault) -> Guardrail {
    guard let found = guardrails.versions(of: reference).first(where: { $0.version == version }) else {
      throw AWSFault(
        code: "ResourceNotFoundException",
        message:
          "The guardrail identifier or version provided in the request does not exist: \(reference.prefix(200)), \(version.prefix(20)).",
        status: 404)
    }
    return found
  }

  private func reply(
    _ verdict: GuardrailVerdict, _ units: GuardrailUnits, _ content: GuardrailContent, _ guardrail: Guardrail
  ) -> JSONValue {
    var coverage: [JSONValue.Member] = [
      .init(
        "textCharacters", ["guarded": .integer(content.guardedCharacters), "total": .integer(content.characters)])
    ]
    if content.images > 0 {
      coverage.append(.init("images", ["guarded": .integer(units.imageUnits), "total": .integer(content.images)]))
    }
    let assessment =
      verdict.assessment + [
        .init(
          "invocationMetrics",
          ["guardrailProcessingLatency": 0, "usage": units.json, "guardrailCoverage": .object(coverage)]),
        .init(
          "appliedGuardrailDetails",
          [
            "guardrailId": .string(guardrail.id), "guardrailVersion": .string(guardrail.version),
            "guardrailArn": .string(guardrail.arn), "guardrailOrigin": ["REQUEST"], "guardrailOwnership": "SELF",
          ]),
      ]
    return [
      "usage": units.json, "action": verdict.intervenes ? "GUARDRAIL_INTERVENED" : "NONE",
      "actionReason": verdict.isBlocked ? "Guardrail blocked." : verdict.isMasked ? "Guardrail masked." : "No action.",
      "outputs": verdict.outputs, "assessments": [.object(assessment)], "guardrailCoverage": .object(coverage),
    ]
  }
}
