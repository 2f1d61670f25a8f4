#pragma once

#include <memory>

namespace haven::renderer {

/// A place made ready to be shown: thinned for the renderer, pipelines compiled, everything staged
/// in memory the GPU can read. Made by StereoRenderer::prepare_scene on any thread and given back
/// to the same renderer; one that is not wanted any more may simply go, on any thread, while it has
/// not been handed to bring_scene().
class PreparedScene {
  public:
    struct Impl;
    explicit PreparedScene(std::unique_ptr<Impl> impl);
    PreparedScene(PreparedScene&& other) noexcept;
    PreparedScene& operator=(PreparedScene&& other) noexcept;
    PreparedScene(const PreparedScene&) = delete;
    PreparedScene& operator=(const PreparedScene&) = delete;
    ~PreparedScene();

  private:
    friend class StereoRenderer;
    std::unique_ptr<Impl> impl_;
};

} // namespace haven::renderer
