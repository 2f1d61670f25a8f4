#include "xr_app/audio/openal.hpp"

#include "xr_app/audio/output_device.hpp"

#include <span>

namespace haven::audio {

AlContext::~AlContext() {
    if (context_ != nullptr) {
        alcDestroyContext(context_);
    }
    if (device_ != nullptr) {
        alcCloseDevice(device_);
    }
}

bool AlContext::open_loopback(std::span<const ALCint> attributes) {
    if (alcIsExtensionPresent(nullptr, "ALC_SOFT_loopback") == ALC_FALSE ||
        alcIsExtensionPresent(nullptr, "ALC_EXT_thread_local_context") == ALC_FALSE) {
        return false;
    }
    device_ = alcLoopbackOpenDeviceSOFT(nullptr);
    context_ = device_ == nullptr ? nullptr : alcCreateContext(device_, attributes.data());
    return context_ != nullptr;
}

bool AlContext::open_default(std::span<const ALCint> attributes) {
    device_ = alcOpenDevice(nullptr);
    context_ = device_ == nullptr ? nullptr : alcCreateContext(device_, attributes.data());
    return context_ != nullptr;
}

bool AlContext::reset(std::span<const ALCint> attributes) {
    return alcResetDeviceSOFT(device_, attributes.data()) == ALC_TRUE;
}

bool AlContext::hrtf() const {
    ALCint on = ALC_FALSE;
    alcGetIntegerv(device_, ALC_HRTF_SOFT, 1, &on);
    return on == ALC_TRUE;
}

void AlContext::render(Block& block) {
    alcRenderSamplesSOFT(device_, block.data(), static_cast<ALCsizei>(block_frames));
}

AlContext::Use::Use(const AlContext& context) : before_(alcGetThreadContext()) {
    alcSetThreadContext(context.context_);
}

AlContext::Use::~Use() {
    alcSetThreadContext(before_);
}

} // namespace haven::audio
