using static TorchSharp.torch;

namespace Detector;

/// <summary>What training makes less: the focal loss of the classes (Lin et al., ICCV 2017), since hardly any cell answers for an object, and of the cells that do one less their boxes' overlap.</summary>
public static class DetectionLoss
{
    private const double Focus = 2;
    private const double Balance = 0.25;

    /// <param name="said">What the network says, N x (4 + classes) x cells.</param>
    /// <param name="classes">What there is, N x classes x cells.</param>
    /// <param name="distances">How far its sides are, N x 4 x cells.</param>
    /// <returns>A scalar.</returns>
    public static Tensor Of(Tensor said, Tensor classes, Tensor distances)
    {
        ArgumentNullException.ThrowIfNull(said);
        ArgumentNullException.ThrowIfNull(classes);
        ArgumentNullException.ThrowIfNull(distances);
        using var scope = NewDisposeScope();
        var answers = classes.amax([1]);
        var objects = answers.sum().clamp(min: 1);
        var focal = Focal(said.narrow(1, Cells.Sides, classes.size(1)), classes).sum();
        var boxes = ((1 - Overlap(Cells.DistancesOf(said.narrow(1, 0, Cells.Sides)), distances)) * answers).sum();
        return ((focal + boxes) / objects).MoveToOuterDisposeScope();
    }

    private static Tensor Focal(Tensor logits, Tensor classes)
    {
        var right = (logits.sigmoid() * classes) + ((1 - logits.sigmoid()) * (1 - classes));
        var weight = (Balance * classes) + ((1 - Balance) * (1 - classes));
        return weight * (1 - right).pow(Focus) * nn.functional.binary_cross_entropy_with_logits(logits, classes, reduction: nn.Reduction.None);
    }

    /// <summary>Of two boxes that both hold the cell, N x 4 x cells to N x cells: intersection over union.</summary>
    public static Tensor Overlap(Tensor one, Tensor other)
    {
        ArgumentNullException.ThrowIfNull(one);
        ArgumentNullException.ThrowIfNull(other);
        var common = Area(minimum(one, other));
        return common / (Area(one) + Area(other) - common);

        static Tensor Area(Tensor sides) => (sides.select(1, 0) + sides.select(1, 2)) * (sides.select(1, 1) + sides.select(1, 3));
    }
}
