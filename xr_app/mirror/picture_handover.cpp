#include "xr_app/mirror/picture_handover.hpp"

#include "xr_app/mirror/status.hpp"

#include <mutex>
#include <optional>
#include <utility>

namespace haven {

void PictureHandover::ask(PictureSize size) {
    const std::scoped_lock lock(mutex_);
    if (!picture_) {
        asked_ = size;
    }
}

std::optional<MirrorStatus> PictureHandover::take(const Read& read) {
    const std::scoped_lock lock(mutex_);
    if (!picture_) {
        return std::nullopt;
    }
    read(*std::exchange(picture_, std::nullopt));
    return std::move(status_);
}

std::optional<MirrorStatus> PictureHandover::take_status() {
    const std::scoped_lock lock(mutex_);
    return std::exchange(status_alone_, std::nullopt);
}

std::optional<PictureSize> PictureHandover::asked() const {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    return lock ? asked_ : std::nullopt;
}

bool PictureHandover::hand_over(const PictureView& picture, MirrorStatus status) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock) {
        return false;
    }
    picture_ = picture;
    status_ = std::move(status);
    status_alone_.reset();
    asked_.reset();
    return true;
}

bool PictureHandover::hand_over(MirrorStatus status) {
    const std::unique_lock lock(mutex_, std::try_to_lock);
    if (!lock || !asked_) {
        return false;
    }
    status_alone_ = std::move(status);
    asked_.reset();
    return true;
}

void PictureHandover::withdraw() {
    const std::scoped_lock lock(mutex_);
    if (picture_) {
        asked_ = picture_->size;
        picture_.reset();
    }
}

} // namespace haven
