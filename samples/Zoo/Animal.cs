using Blockwright;
using ShuffleNet;
using Zoo.ConvNeXt;
using Zoo.DenseNet;
using Zoo.EfficientNet;
using Zoo.ESRGAN;
using Zoo.MnasNet;
using Zoo.MobileNetV3;
using Zoo.RegNetY;
using Zoo.RepVGG;
using Zoo.ResNet;
using Zoo.ResNeXt;
using Zoo.Segmentation;
using Zoo.ShuffleNetV1;
using Zoo.SqueezeNet;
using Zoo.Systems;
using Zoo.VGG;
using Zoo.YOLO;

namespace Zoo;

/// <summary>A network of the zoo.</summary>
/// <param name="Name">Its name on the command line.</param>
/// <param name="Create">Makes it with random weights.</param>
/// <param name="Cost">What it costs, known without making it.</param>
public sealed record Animal(string Name, Func<INetworkModule> Create, NetworkCost Cost)
{
    /// <summary>All of them.</summary>
    public static IReadOnlyList<Animal> All { get; } =
    [
        new("ShuffleNetV2_x0_5", () => new ShuffleNetV2_x0_5(), ShuffleNetV2_x0_5.Cost),
        new("ShuffleNetV2_x1_0", () => new ShuffleNetV2_x1_0(), ShuffleNetV2_x1_0.Cost),
        new("ShuffleNetV2_x1_5", () => new ShuffleNetV2_x1_5(), ShuffleNetV2_x1_5.Cost),
        new("ShuffleNetV2_x2_0", () => new ShuffleNetV2_x2_0(), ShuffleNetV2_x2_0.Cost),
        new("ShuffleNetV1_g3", () => new ShuffleNetV1_g3(), ShuffleNetV1_g3.Cost),
        new("ShuffleNetV1_g8", () => new ShuffleNetV1_g8(), ShuffleNetV1_g8.Cost),
        new("MobileNetV1", () => new MobileNetV1.MobileNetV1(), MobileNetV1.MobileNetV1.Cost),
        new("MobileNetV2", () => new MobileNetV2.MobileNetV2(), MobileNetV2.MobileNetV2.Cost),
        new("MobileNetV3Large", () => new MobileNetV3Large(), MobileNetV3Large.Cost),
        new("MobileNetV3Small", () => new MobileNetV3Small(), MobileNetV3Small.Cost),
        new("SqueezeNet1_1", () => new SqueezeNet1_1(), SqueezeNet1_1.Cost),
        new("ResNet18", () => new ResNet18(), ResNet18.Cost),
        new("ResNet50", () => new ResNet50(), ResNet50.Cost),
        new("RegNetY400MF", () => new RegNetY400MF(), RegNetY400MF.Cost),
        new("ResNeXt50_32x4d", () => new ResNeXt50_32x4d(), ResNeXt50_32x4d.Cost),
        new("GoogLeNet", () => new GoogLeNet.GoogLeNet(), GoogLeNet.GoogLeNet.Cost),
        new("DenseNet121", () => new DenseNet121(), DenseNet121.Cost),
        new("MnasNet1_0", () => new MnasNet1_0(), MnasNet1_0.Cost),
        new("VGG16", () => new VGG16(), VGG16.Cost),
        new("EfficientNetB0", () => new EfficientNetB0(), EfficientNetB0.Cost),
        new("ConvNeXtTiny", () => new ConvNeXtTiny(), ConvNeXtTiny.Cost),
        new("RepVGG_A0", () => new RepVGG_A0(), RepVGG_A0.Cost),
        new("AlexNet", () => new AlexNet.AlexNet(), AlexNet.AlexNet.Cost),
        new("InceptionV3", () => new InceptionV3.InceptionV3(), InceptionV3.InceptionV3.Cost),
        new("GhostNet", () => new GhostNet.GhostNet(), GhostNet.GhostNet.Cost),
        new("UNet", () => new UNet.UNet(), UNet.UNet.Cost),
        new("YOLOv3", () => new YOLOv3(), YOLOv3.Cost),
        new("LRASPPMobileNetV3Large", () => new LRASPPMobileNetV3Large(), LRASPPMobileNetV3Large.Cost),
        new("DeepLabV3MobileNetV3Large", () => new DeepLabV3MobileNetV3Large(), DeepLabV3MobileNetV3Large.Cost),
        new("YOLOv8n", () => new YOLOv8.YOLOv8n(), YOLOv8.YOLOv8n.Cost),
        new("RRDBNet", () => new RRDBNet(), RRDBNet.Cost),
        new("DBNet", () => new DBNet.DBNet(), DBNet.DBNet.Cost),
        new("AngleClassifier", () => new PaddleOCR.AngleClassifier(), PaddleOCR.AngleClassifier.Cost),
        new("MODNet", () => new MODNet.MODNet(), MODNet.MODNet.Cost),
        new("AdaptiveSplit", () => new AdaptiveSplit(), AdaptiveSplit.Cost),
        new("HybridAttention", () => new HybridAttention(), HybridAttention.Cost),
        new("Fragmented", () => new Fragmented(), Fragmented.Cost),
        new("SinglePath", () => new SinglePath(), SinglePath.Cost),
    ];
}
