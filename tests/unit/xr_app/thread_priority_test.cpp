#include "xr_app/thread_priority.hpp"

#include <gtest/gtest.h>

#include <sched.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <latch>
#include <optional>
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

/// How the operating system orders a thread, seen from the thread itself.
struct Order {
    int policy = sched_getscheduler(0) & ~SCHED_RESET_ON_FORK;
    int real_time = 0;
    int nice = nice_of(gettid());
    Order() {
        sched_param param{};
        sched_getparam(0, &param);
        real_time = param.sched_priority;
    }
    bool operator==(const Order&) const = default;
};

Order order_of_a_new_thread() {
    std::optional<Order> order;
    std::jthread([&] { order.emplace(); }).join();
    return *order;
}

TEST(ThreadPriority, WhoeverMayNotRunBeforeOthersRunsAsTheyDo) {
    // Whatever this machine allows, the answer says what came of it.
    const Order ordinary;
    for (const Urgency urgency : {Urgency::frames, Urgency::hands}) {
        const BeforeOthers before(urgency);
        const Order raised;
        EXPECT_EQ(raised.nice < ordinary.nice, before.precedence() == Precedence::raised);
        EXPECT_EQ(raised.policy == SCHED_RR, before.precedence() == Precedence::real_time);
    }
    EXPECT_EQ(Order(), ordinary) << "and afterwards it is as it was";
}

TEST(ThreadPriority, WhatAThreadThatRunsBeforeOthersStartsDoesNot) {
    const Order ordinary;
    const BeforeOthers before(Urgency::frames);
    EXPECT_EQ(order_of_a_new_thread(), ordinary);
}

TEST(ThreadPriority, TheHandsRunBeforeTheFrames) {
    const BeforeOthers frames(Urgency::frames);
    const Order of_frames;
    const BeforeOthers hands(Urgency::hands);
    const Order of_hands;
    if (hands.precedence() == Precedence::none) {
        EXPECT_EQ(of_hands, of_frames);
    } else {
        EXPECT_TRUE(of_hands.real_time > of_frames.real_time || of_hands.nice < of_frames.nice);
    }
}

} // namespace
} // namespace haven
