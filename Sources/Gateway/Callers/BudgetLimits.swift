/// What a key may use in a day of UTC; nil: no limit.
package struct BudgetLimits: Sendable, Equatable {
  package var tokensPerDay: Int64?
  package var requestsPerDay: Int64?

  package init(tokensPerDay: Int64? = nil, requestsPerDay: Int64? = nil) {
    self.tokensPerDay = tokensPerDay
    self.requestsPerDay = requestsPerDay
  }

  package var isEmpty: Bool { tokensPerDay == nil && requestsPerDay == nil }
}
