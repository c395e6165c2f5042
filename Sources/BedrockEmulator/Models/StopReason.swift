/// Why a reply ended.
package enum StopReason: Sendable, Equatable {
  case endTurn
  case maxTokens
  case stopSequence(String)
  case toolUse
}
