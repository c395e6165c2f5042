import BedrockQuotas

/// A row of `facts` as JSON; see docs/json.md.
struct FactPayload: Encodable {
  private enum Key: String, CodingKey {
    case fact, subject, value, asOf, ageMonths, source
  }

  let fact: DatedFact
  let ageMonths: Int?

  func encode(to encoder: any Encoder) throws {
    var container = encoder.container(keyedBy: Key.self)
    try container.encode(fact.kind, forKey: .fact)
    try container.encode(fact.subject, forKey: .subject)
    switch fact.value {
    case .figure(let range) where range.isExact: try container.encode(range.lowerBound, forKey: .value)
    case .figure(let range): try container.encode(range, forKey: .value)
    case .text(let text): try container.encode(text, forKey: .value)
    case nil: break
    }
    try container.encodeIfPresent(fact.asOf, forKey: .asOf)
    try container.encodeIfPresent(ageMonths, forKey: .ageMonths)
    try container.encodeIfPresent(fact.source, forKey: .source)
  }
}

/// The answer of `facts --check` as JSON; see docs/json.md.
struct FactCheckPayload: Encodable {
  struct Gap: Encodable {
    var model: String
    var fact: DatedFact.Kind
    var disputed: ClosedRange<Int>?
    var consequence: String
  }

  var region: String
  var models: Int
  var complete: Int
  var gaps: [Gap]

  init(_ check: FactCheck) {
    (region, models, complete) = (check.region, check.models, check.complete)
    gaps = check.gaps.map {
      Gap(model: $0.model.description, fact: $0.kind, disputed: $0.disputed, consequence: $0.consequence)
    }
  }
}
