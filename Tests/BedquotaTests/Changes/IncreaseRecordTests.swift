import Bedquota
import Testing

struct IncreaseRecordTests {
  @Test(arguments: [
    ("PENDING", 1.0, "open: AWS has not decided yet"), ("CASE_OPENED", 1, "open: AWS decides it in a support case"),
    ("APPROVED", 20, "approved, and in force"), ("APPROVED", 5, "approved, but not in force yet; the applied value is 5"),
    ("DENIED", 5, "not granted; the applied value is 5"), ("NOT_APPROVED", 5, "not granted; the applied value is 5"),
    ("CASE_CLOSED", 12, "its support case is closed; the applied value is 12"),
    ("INVALID_REQUEST", 5, "AWS calls it invalid; the applied value is 5"), ("NEW_STATE", 5, "NEW_STATE; the applied value is 5"),
  ])
  func whatBecameOfIt(status: String, current: Double, words: String) {
    #expect(IncreaseRecord(code: "L-1", status: status, desiredValue: 20).outcome(current: current) == words)
  }
}
