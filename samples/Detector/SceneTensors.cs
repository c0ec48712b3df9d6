using static TorchSharp.torch;

namespace Detector;

/// <summary>Scenes as tensors: images, and what is to be said of them.</summary>
public sealed class SceneTensors : IDisposable
{
    private readonly Tensor _pixels;
    private readonly Tensor _classes;
    private readonly Tensor _distances;

    public SceneTensors(IReadOnlyList<Scene> scenes)
    {
        ArgumentNullException.ThrowIfNull(scenes);
        Count = scenes.Count;
        _pixels = tensor(scenes.SelectMany(static scene => scene.Pixels).ToArray(), [Count, Scene.Channels, Scene.Side, Scene.Side]);
        var classes = new float[Count, Scene.Classes.Count, Cells.Count];
        var distances = new float[Count, Cells.Sides, Cells.Count];
        for (var image = 0; image < Count; image++)
        {
            var owners = Cells.Assign(scenes[image].Objects);
            for (var cell = 0; cell < owners.Length; cell++)
            {
                if (owners[cell] < 0)
                    continue;
                var (number, box) = scenes[image].Objects[owners[cell]];
                classes[image, number, cell] = 1;
                foreach (var (distance, side) in Cells.Distances(cell, box).Select(static (distance, side) => (distance, side)))
                    distances[image, side, cell] = distance;
            }
        }
        (_classes, _distances) = (tensor(classes), tensor(distances));
    }

    public int Count { get; }

    /// <summary>N x 3 x 96 x 96, from -1 to 1.</summary>
    public Tensor Images(Tensor which) => (_pixels[which].to(float32) / 127.5) - 1;

    /// <summary>N x classes x cells: 1 where a cell answers for an object of the class.</summary>
    public Tensor Classes(Tensor which) => _classes[which];

    /// <summary>N x 4 x cells: the distances to the object's sides, 0 where a cell answers for none.</summary>
    public Tensor Distances(Tensor which) => _distances[which];

    public void Dispose()
    {
        _pixels.Dispose();
        _classes.Dispose();
        _distances.Dispose();
    }
}
