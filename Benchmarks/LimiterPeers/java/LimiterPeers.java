import com.google.common.util.concurrent.RateLimiter;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;

/** Times Guava's RateLimiter with a rate that nobody reaches, one line of JSON a figure, as `limiter-benchmark` does. */
final class LimiterPeers {
  private static final int OPERATIONS = 400_000;
  private static final int REPETITIONS = 5;
  /** The first repetitions are the compiler's. */
  private static final int WARM_UP = 3;
  private static final int TOKENS = 1_000;
  private static final double PER_SECOND = 1e13;

  /** Prints the wall time of each repetition ÷ the checks of all threads. */
  private static void measure(String who, String what, int threads, BooleanSupplier check) throws Exception {
    var line = new StringBuilder();
    int each = OPERATIONS / threads;
    for (int repetition = 0; repetition < WARM_UP + REPETITIONS; repetition++) {
      var ready = new CountDownLatch(threads);
      var start = new CountDownLatch(1);
      var workers = new Thread[threads];
      for (int index = 0; index < threads; index++) {
        workers[index] = new Thread(() -> work(each, check, ready, start));
        workers[index].start();
      }
      ready.await();
      long began = System.nanoTime();
      start.countDown();
      for (var worker : workers) worker.join();
      double elapsed = System.nanoTime() - began;
      if (repetition >= WARM_UP) line.append(line.isEmpty() ? "" : ",").append(elapsed / ((long) each * threads));
    }
    System.out.printf("{\"who\":\"%s\",\"what\":\"%s\",\"threads\":%d,\"ns\":[%s]}%n", who, what, threads, line);
  }

  private static void work(int count, BooleanSupplier check, CountDownLatch ready, CountDownLatch start) {
    ready.countDown();
    try {
      start.await();
    } catch (InterruptedException error) {
      throw new IllegalStateException(error);
    }
    for (int done = 0; done < count; done++) {
      if (!check.getAsBoolean()) {
        System.err.println("a rate that nobody reaches was reached");
        System.exit(1);
      }
    }
  }

  private static volatile long now;

  public static void main(String[] arguments) throws Exception {
    var limiters = new RateLimiter[4];
    for (int index = 0; index < limiters.length; index++) limiters[index] = RateLimiter.create(PER_SECOND);
    // Guava saves up one second of permits; wait for some.
    Thread.sleep(100);
    measure("Java", "System.nanoTime", 1, () -> (now = System.nanoTime()) != 0);
    for (int threads : new int[] {1, 2, 4}) {
      measure("Guava RateLimiter", "tryAcquire", threads, () -> limiters[0].tryAcquire(TOKENS));
      measure("Guava RateLimiter", "tryAcquire on 4 limiters", threads, () -> {
        boolean all = true;
        for (var limiter : limiters) all &= limiter.tryAcquire(TOKENS);
        return all;
      });
    }
  }
}
