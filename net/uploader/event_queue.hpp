#pragma once

#include <atomic>
#include <cassert>
#include <cstddef>
#include <optional>
#include <utility>
#include <vector>

namespace haven::uploader {

/// A bounded queue from one thread to another, without locks, whose memory is all there from the
/// start.
template <typename T>
class EventQueue {
  public:
    explicit EventQueue(std::size_t capacity) : slots_(capacity + 1) { assert(capacity > 0); }

    /// The sending thread: moves from `value`, or returns false and leaves it when the queue is
    /// full.
    [[nodiscard]] bool push(T& value) {
        const std::size_t tail = tail_.load(std::memory_order_relaxed);
        const std::size_t next = after(tail);
        if (next == head_.load(std::memory_order_acquire)) {
            return false;
        }
        slots_[tail] = std::move(value);
        tail_.store(next, std::memory_order_release);
        return true;
    }

    /// The receiving thread.
    [[nodiscard]] std::optional<T> pop() {
        const std::size_t head = head_.load(std::memory_order_relaxed);
        if (head == tail_.load(std::memory_order_acquire)) {
            return std::nullopt;
        }
        std::optional<T> value(std::move(slots_[head]));
        slots_[head] = T();
        head_.store(after(head), std::memory_order_release);
        return value;
    }

  private:
    [[nodiscard]] std::size_t after(std::size_t index) const {
        return index + 1 == slots_.size() ? 0 : index + 1;
    }

    static constexpr std::size_t cache_line_bytes = 64;
    std::vector<T> slots_; ///< one stays empty, to tell full from empty
    alignas(cache_line_bytes) std::atomic<std::size_t> head_{0};
    alignas(cache_line_bytes) std::atomic<std::size_t> tail_{0};
};

} // namespace haven::uploader
