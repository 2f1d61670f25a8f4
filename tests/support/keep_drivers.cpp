// For the sanitizers: Vulkan's driver and layer and the OpenXR runtime stay in memory to the end,
// so that what they never free, and what their threads do, is known under their names.
#include <dlfcn.h>

namespace {

[[maybe_unused]] void* const driver = dlopen("libvulkan_lvp.so", RTLD_LAZY | RTLD_NODELETE);
[[maybe_unused]] void* const layer =
    dlopen("libVkLayer_khronos_validation.so", RTLD_LAZY | RTLD_NODELETE);
#ifdef __SANITIZE_THREAD__
[[maybe_unused]] void* const runtime = dlopen("libopenxr_monado.so", RTLD_LAZY | RTLD_NODELETE);
#endif

} // namespace
