#pragma once
// The library, with what OpenAL Soft adds to it, and one device with its context.

#define AL_ALEXT_PROTOTYPES
#include <AL/al.h>
#include <AL/alc.h>
#include <AL/alext.h>

#include "xr_app/audio/output_device.hpp"

#include <span>

namespace haven::audio {

/// A device and a context on it; one thread at a time, which says so with Use.
class AlContext {
  public:
    AlContext() = default;
    AlContext(const AlContext&) = delete;
    AlContext& operator=(const AlContext&) = delete;
    AlContext(AlContext&&) = delete;
    AlContext& operator=(AlContext&&) = delete;
    ~AlContext();

    /// False when there is none. Attributes end with 0.
    [[nodiscard]] bool open_loopback(std::span<const ALCint> attributes);
    [[nodiscard]] bool open_default(std::span<const ALCint> attributes);
    [[nodiscard]] bool opened() const { return context_ != nullptr; }
    [[nodiscard]] bool reset(std::span<const ALCint> attributes);
    [[nodiscard]] bool hrtf() const;
    [[nodiscard]] ALCdevice* device() const { return device_; }
    void render(Block& block); ///< of a loopback

    /// Calls go to this context on this thread for as long as it lives.
    class Use {
      public:
        explicit Use(const AlContext& context);
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;
        Use(Use&&) = delete;
        Use& operator=(Use&&) = delete;
        ~Use();

      private:
        ALCcontext* before_;
    };

  private:
    ALCdevice* device_ = nullptr;
    ALCcontext* context_ = nullptr;
};

} // namespace haven::audio
