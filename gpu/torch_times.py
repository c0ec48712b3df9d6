"""torchvision's networks on the GPU, in the same run as Blockwright's: medians of CUDA events, and what is how many times as fast.

torch_times.py LOG, with lines "time NETWORK BATCH ALONE_MS IN_A_ROW_MS" of blockwright-gpu-check.
"""
import statistics
import sys

import torch
import torchvision

MODELS = {
    "ShuffleNetV2_x0_5": torchvision.models.shufflenet_v2_x0_5,
    "ShuffleNetV2_x1_0": torchvision.models.shufflenet_v2_x1_0,
    "MobileNetV2": torchvision.models.mobilenet_v2,
    "ResNet18": torchvision.models.resnet18,
}


def milliseconds(model, images, calls=100):
    with torch.inference_mode():
        for _ in range(20):
            model(images)
        torch.cuda.synchronize()
        taken = []
        for _ in range(calls):
            start, end = torch.cuda.Event(enable_timing=True), torch.cuda.Event(enable_timing=True)
            start.record()
            model(images)
            end.record()
            torch.cuda.synchronize()
            taken.append(start.elapsed_time(end))
        return statistics.median(taken)


def forms(make):
    yield "eager float32", make(), lambda images: images
    yield "compiled float32", torch.compile(make(), mode="max-autotune"), lambda images: images
    half = make().half().to(memory_format=torch.channels_last)
    yield "compiled float16", torch.compile(half, mode="max-autotune"), lambda images: images.half().to(memory_format=torch.channels_last)


def main(log):
    torch.backends.cuda.matmul.allow_tf32 = False
    torch.backends.cudnn.allow_tf32 = False
    print(f"{torch.cuda.get_device_name()}, torch {torch.__version__}, TF32 off; Blockwright: float32, a call that is waited for")
    for line in open(log):
        words = line.split()
        if words[:1] != ["time"] or len(words) != 5 or words[1] not in MODELS:
            continue
        name, batch, alone = words[1], int(words[2]), float(words[3])
        images = torch.randn(batch, 3, 224, 224, device="cuda")
        for form, model, as_taken in forms(lambda: MODELS[name](weights=None).cuda().eval()):
            theirs = milliseconds(model, as_taken(images))
            print(f"{name} {batch}: {form} {theirs:.3f} ms, Blockwright {alone:.3f} ms, {theirs / alone:.2f} times as fast")


if __name__ == "__main__":
    main(sys.argv[1])
