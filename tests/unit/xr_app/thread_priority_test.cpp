#include "xr_app/thread_priority.hpp"

#include <gtest/gtest.h>

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <latch>
#include <thread>
#include <vector>

namespace haven {
namespace {

/// A thread that is there until this goes.
class Standing {
  public:
    Standing() { begun_.wait(); }
    Standing(const Standing&) = delete;
    Standing& operator=(const Standing&) = delete;
    ~Standing() { end_.count_down(); }
    [[nodiscard]] ThreadNumber number() const { return number_; }

  private:
    ThreadNumber number_ = 0;
    std::latch begun_{1};
    std::latch end_{1};
    std::jthread thread_{[this] {
        number_ = gettid();
        begun_.count_down();
        end_.wait();
    }};
};

int nice_of(ThreadNumber thread) {
    return getpriority(PRIO_PROCESS, static_cast<id_t>(thread));
}

TEST(ThreadPriority, EveryThreadOfTheProcessIsFound) {
    const Standing one;
    const Standing other;
    const std::vector<ThreadNumber> threads = threads_of_process();
    for (const ThreadNumber expected : {one.number(), other.number(), ThreadNumber{gettid()}}) {
        EXPECT_TRUE(std::ranges::contains(threads, expected));
    }
}

TEST(ThreadPriority, WhatWasStartedSinceRunsAfterOthersAndNothingElseDoes) {
    const int own = nice_of(gettid());
    const Standing old;
    const std::vector<ThreadNumber> before = threads_of_process();
    const Standing fresh;
    EXPECT_EQ(let_others_run_before_new_threads(before), 1U);
    EXPECT_GT(nice_of(fresh.number()), own);
    EXPECT_EQ(nice_of(old.number()), own);
    EXPECT_EQ(nice_of(gettid()), own);
}

TEST(ThreadPriority, WhatAThreadThatRunsAfterOthersStartsDoesSo) {
    const int own = nice_of(gettid());
    int of_first = own;
    int of_second = own;
    std::jthread([&] {
        run_after_others();
        of_first = nice_of(gettid());
        std::jthread([&] { of_second = nice_of(gettid()); }).join();
    }).join();
    EXPECT_GT(of_first, own);
    EXPECT_EQ(of_second, of_first);
    EXPECT_EQ(nice_of(gettid()), own);
}

TEST(ThreadPriority, WhoeverMayNotRunBeforeOthersRunsAsTheyDo) {
    // Whatever this machine allows, the answer says what came of it.
    Precedence said{};
    int nice = 0;
    std::jthread([&] {
        said = run_before_others();
        nice = nice_of(gettid());
    }).join();
    const int own = nice_of(gettid());
    EXPECT_EQ(nice < own, said == Precedence::raised) << to_string(said);
}

} // namespace
} // namespace haven
