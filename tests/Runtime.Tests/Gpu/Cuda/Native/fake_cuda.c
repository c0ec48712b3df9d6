/* A driver without a device, of C's own layouts: what tests load in the place of libcuda. It notes kernels' and copies' parameters as its structures have them. */
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

typedef struct { void *func; unsigned gridX, gridY, gridZ, blockX, blockY, blockZ, shared; void **params; void **extra; void *kern; void *ctx; } KernelNodeParams;
typedef struct {
  size_t srcX, srcY, srcZ, srcLod; int srcType; const void *srcHost; uint64_t srcDevice; void *srcArray; void *reserved0; size_t srcPitch, srcHeight;
  size_t dstX, dstY, dstZ, dstLod; int dstType; void *dstHost; uint64_t dstDevice; void *dstArray; void *reserved1; size_t dstPitch, dstHeight;
  size_t width, height, depth;
} Copy;

static char text[65536];
static uintptr_t last = 0x100;

static void say(const char *format, ...) {
  size_t used = strlen(text);
  va_list list;
  va_start(list, format);
  vsnprintf(text + used, sizeof text - used, format, list);
  va_end(list);
}

const char *fake_log(void) { return text; }

int cuInit(unsigned flags) { return flags ? 1 : INIT; }
int cuDriverGetVersion(int *version) { *version = 12080; return 0; }
int cuGetErrorName(int code, const char **name) { *name = code == 34 ? "CUDA_ERROR_STUB_LIBRARY" : "CUDA_ERROR_X"; return 0; }
int cuGetErrorString(int code, const char **description) { (void)code; *description = "text"; return 0; }
int cuDeviceGetCount(int *count) { *count = 1; return 0; }
int cuDeviceGet(int *device, int ordinal) { *device = ordinal; return 0; }
int cuDeviceGetName(char *name, int length, int device) { (void)device; snprintf(name, (size_t)length, "C"); return 0; }
int cuDeviceGetAttribute(int *value, int attribute, int device) { (void)device; *value = attribute == 75 ? 9 : attribute == 76 ? 0 : 65535; return 0; }
int cuDevicePrimaryCtxRetain(void **context, int device) { (void)device; *context = (void *)0xC0; return 0; }
int cuDevicePrimaryCtxRelease_v2(int device) { (void)device; return 0; }
int cuCtxPushCurrent_v2(void *context) { return context == (void *)0xC0 ? 0 : 1; }
int cuCtxPopCurrent_v2(void **context) { *context = (void *)0xC0; return 0; }
int cuModuleLoadDataEx(void **module, const void *image, unsigned count, int *options, void **values) {
  say("module %s options %u: %d %d, %zu bytes of log\n", (const char *)image, count, options[0], options[1], (size_t)values[1]);
  *module = (void *)(last += 16);
  return 0;
}
int cuModuleUnload(void *module) { (void)module; return 0; }
int cuModuleGetFunction(void **function, void *module, const char *name) { (void)module; *function = strdup(name); return 0; }
int cuFuncSetAttribute(void *function, int attribute, int value) { say("attribute %s %d %d\n", (char *)function, attribute, value); return 0; }
int cuMemAlloc_v2(uint64_t *address, size_t bytes) { *address = (uint64_t)(uintptr_t)calloc(1, bytes); return 0; }
int cuMemFree_v2(uint64_t address) { free((void *)(uintptr_t)address); return 0; }
int cuMemGetInfo_v2(size_t *available, size_t *total) { *available = *total = 1; return 0; }
int cuMemcpyHtoD_v2(uint64_t target, const void *source, size_t bytes) { memcpy((void *)(uintptr_t)target, source, bytes); return 0; }
int cuMemHostAlloc(void **address, size_t bytes, unsigned flags) { (void)flags; *address = calloc(1, bytes); return 0; }
int cuMemFreeHost(void *address) { free(address); return 0; }
int cuStreamSynchronize(void *stream) { (void)stream; return 0; }
int cuStreamWaitEvent(void *stream, void *event, unsigned flags) { (void)stream; (void)event; (void)flags; return 0; }
int cuEventCreate(void **event, unsigned flags) { (void)flags; *event = (void *)(last += 16); return 0; }
int cuEventRecord(void *event, void *stream) { (void)event; (void)stream; return 0; }
int cuEventSynchronize(void *event) { (void)event; return 0; }
int cuEventDestroy_v2(void *event) { (void)event; return 0; }
int cuEventElapsedTime(float *milliseconds, void *begin, void *end) { (void)begin; (void)end; *milliseconds = 0; return 0; }
int cuGraphAddEventRecordNode(void **node, void *graph, void *const *after, size_t count, void *event) {
    (void)graph; (void)after; (void)count; (void)event;
    *node = (void *)(last += 16);
    return 0;
}
int cuGraphCreate(void **graph, unsigned flags) { (void)flags; *graph = (void *)(last += 16); return 0; }
static void kernel(const char *what, const KernelNodeParams *p) {
  say("%s %s grid %u %u %u block %u %u %u shared %u floats %g %g seed %g extra %d\n", what, (char *)p->func, p->gridX, p->gridY, p->gridZ, p->blockX, p->blockY, p->blockZ, p->shared,
      (double)*(int *)p->params[1], (double)*(int *)p->params[3], (double)*(float *)p->params[6], p->extra != NULL || p->kern != NULL || p->ctx != NULL);
}
#ifdef FIRST_VERSION
#define VERSIONED(name) name
#else
#define VERSIONED(name) name##_v2
#endif
int VERSIONED(cuGraphAddKernelNode)(void **node, void *graph, void *const *after, size_t count, const KernelNodeParams *p) {
  (void)graph; (void)after;
  *node = (void *)(last += 16);
  say("%zu before: ", count);
  kernel("node", p);
  return 0;
}
int cuGraphAddMemcpyNode(void **node, void *graph, void *const *after, size_t count, const Copy *p, void *context) {
  (void)graph; (void)after;
  *node = (void *)(last += 16);
  say("%zu before: copy %d to %d, %zu x %zu x %zu, pitch %zu %zu, height %zu %zu, rest %d, in %p\n", count, p->srcType, p->dstType, p->width, p->height, p->depth, p->srcPitch, p->dstPitch, p->srcHeight,
      p->dstHeight, (p->srcType == 1) != (p->srcHost != NULL) || (p->dstType == 1) != (p->dstHost != NULL) || (p->srcType == 2) != (p->srcDevice != 0) || (p->dstType == 2) != (p->dstDevice != 0)
      || p->srcX || p->srcY || p->srcZ || p->srcLod || p->dstX || p->dstY || p->dstZ || p->dstLod || p->srcArray || p->dstArray || p->reserved0 || p->reserved1, context);
  return 0;
}
int cuGraphInstantiateWithFlags(void **executable, void *graph, unsigned long long flags) { (void)graph; say("instantiate %llu\n", flags); *executable = (void *)(last += 16); return 0; }
int VERSIONED(cuGraphExecKernelNodeSetParams)(void *executable, void *node, const KernelNodeParams *p) { (void)executable; (void)node; kernel("update", p); return 0; }
int cuGraphLaunch(void *executable, void *stream) { (void)executable; say("launch into %p\n", stream); return 0; }
int cuGraphExecDestroy(void *executable) { (void)executable; return 0; }
int cuGraphDestroy(void *graph) { (void)graph; return 0; }
