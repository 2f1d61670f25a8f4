#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>

namespace haven::gpu {

/// Things the GPU may still be reading. condemn() stamps them with the frame that last used them;
/// free_passed() destroys them once the GPU has passed that frame. Any movable owner fits: a
/// Buffer, an Image, a Handle, a tuple of them.
class DeletionQueue {
  public:
    template <typename T>
    void condemn(std::uint64_t last_frame, T&& thing) {
        items_.push_back(
            {last_frame, std::make_unique<Holder<std::remove_cvref_t<T>>>(std::forward<T>(thing))});
    }
    /// Destroys what belongs to frames up to and including `frame`.
    void free_passed(std::uint64_t frame) {
        std::erase_if(items_, [&](const Item& item) { return item.last_frame <= frame; });
    }
    [[nodiscard]] std::size_t size() const { return items_.size(); }

  private:
    struct HolderBase {
        HolderBase() = default;
        HolderBase(const HolderBase&) = delete;
        HolderBase& operator=(const HolderBase&) = delete;
        virtual ~HolderBase() = default;
    };
    template <typename T>
    struct Holder final : HolderBase {
        explicit Holder(T&& value) : thing(std::move(value)) {}
        T thing;
    };
    struct Item {
        std::uint64_t last_frame;
        std::unique_ptr<HolderBase> thing;
    };
    std::deque<Item> items_;
};

} // namespace haven::gpu
