import AWSWire
import BedrockQuotas

/// Why a model stopped.
package enum StopReason: Sendable, Equatable {
  case endTurn
  case maxTokens
  case stopSequence(String)
  case toolUse
}
