namespace Samples;

/// <summary>
/// What torchvision's <c>ImageClassification</c> preset makes of a picture before a network sees it. Knows no torch: it ends in an array.
/// </summary>
internal static class ImageNet
{
    public const int Classes = 1000;
    public const int CropSize = 224;

    // Of the images of ImageNet's training set, in red, green and blue.
    private static readonly float[] Mean = [0.485f, 0.456f, 0.406f];
    private static readonly float[] StandardDeviation = [0.229f, 0.224f, 0.225f];

    /// <summary>Resizes, crops the middle and normalises.</summary>
    /// <param name="image">The picture.</param>
    /// <param name="resizeSize">The shorter side after resizing: 256, or what the weights' own preset says.</param>
    /// <returns>1 x 3 x 224 x 224.</returns>
    public static float[] Prepare(RgbImage image, int resizeSize = 256) => Normalise(ResizeAndCrop(image, resizeSize));

    /// <summary>Resizes the shorter side to <paramref name="resizeSize"/>, keeping the proportions, and cuts 224 x 224 out of the middle.</summary>
    public static RgbImage ResizeAndCrop(RgbImage image, int resizeSize)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(resizeSize, CropSize);
        var resized = PillowResize.Resize(image, ResizedSide(image.Width, image.Height, resizeSize), ResizedSide(image.Height, image.Width, resizeSize));
        return resized.Crop(CropStart(resized.Width), CropStart(resized.Height), CropSize, CropSize);
    }

    /// <summary>8-bit RGB to floats: H x W x 3 to 1 x 3 x H x W.</summary>
    public static float[] Normalise(RgbImage image)
    {
        var area = image.Width * image.Height;
        var values = new float[RgbImage.Channels * area];
        for (var channel = 0; channel < RgbImage.Channels; channel++)
            for (var pixel = 0; pixel < area; pixel++)
                values[(channel * area) + pixel] = ((image.Pixels[(pixel * RgbImage.Channels) + channel] / 255f) - Mean[channel]) / StandardDeviation[channel];
        return values;
    }

    /// <summary>torchvision's int(size * long / short) for the longer side; the shorter one becomes the size itself.</summary>
    private static int ResizedSide(int side, int other, int size) => side <= other ? size : (int)((long)size * side / other);

    /// <summary>torchvision's int(round((side - 224) / 2.0)): Python rounds halves to the even neighbour.</summary>
    private static int CropStart(int side) => (int)Math.Round((side - CropSize) / 2.0, MidpointRounding.ToEven);
}
