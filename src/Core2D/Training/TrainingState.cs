using System.Globalization;
using Cellpose3D.Core2D.Network;

namespace Cellpose3D.Core2D.Training;

/// <summary>Where a run stands, besides weights and optimizer: with these, everything that a checkpoint holds.</summary>
/// <remarks>Random numbers need no state: every crop's come from seed, epoch and place.</remarks>
internal sealed class TrainingState
{
    private const string Prefix = "training.";

    internal int Epoch { get; set; }

    internal int Step { get; set; }

    /// <summary>Sum over the crops of this epoch of their loss.</summary>
    internal double LossSum { get; set; }

    internal double BestScore { get; set; } = double.NegativeInfinity;

    internal int BestEpoch { get; set; } = -1;

    /// <summary>Scorings since the best one.</summary>
    internal int Stale { get; set; }

    internal List<EpochRecord> History { get; } = [];

    /// <summary>Puts weights, optimizer and state into one checkpoint, which is also a readable model file.</summary>
    internal StateDict ToCheckpoint(TrainingStep step, string fingerprint)
    {
        StateDict weights = NetWeights.FromNet(step.Net);
        return new StateDict([.. weights.Tensors, .. step.Optimizer.Save()], new Dictionary<string, string>
        {
            [Prefix + "epoch"] = Text(Epoch),
            [Prefix + "step"] = Text(Step),
            [Prefix + "steps"] = step.Steps.ToString(CultureInfo.InvariantCulture),
            [Prefix + "loss_sum"] = Text(LossSum),
            [Prefix + "best_score"] = Text(BestScore),
            [Prefix + "best_epoch"] = Text(BestEpoch),
            [Prefix + "stale"] = Text(Stale),
            [Prefix + "history"] = string.Join('\n', History.Select(r => r.ToCsv())),
            [Prefix + "options"] = fingerprint,
        });
    }

    /// <summary>Takes up a checkpoint: fills the network and the optimizer, and gives the state.</summary>
    /// <exception cref="InvalidDataException">Not a training checkpoint, or damaged.</exception>
    /// <exception cref="ArgumentException">It was made with other options or images; the message tells the first difference.</exception>
    internal static TrainingState FromCheckpoint(StateDict checkpoint, TrainingStep step, string fingerprint)
    {
        CheckFingerprint(Read(checkpoint, "options"), fingerprint);
        NetWeights.Fill(step.Net, checkpoint);
        try
        {
            step.Optimizer.Load(checkpoint, long.Parse(Read(checkpoint, "steps"), CultureInfo.InvariantCulture));
            var state = new TrainingState
            {
                Epoch = Whole(checkpoint, "epoch"),
                Step = Whole(checkpoint, "step"),
                LossSum = Number(checkpoint, "loss_sum"),
                BestScore = Number(checkpoint, "best_score"),
                BestEpoch = Whole(checkpoint, "best_epoch"),
                Stale = Whole(checkpoint, "stale"),
            };
            string history = Read(checkpoint, "history");
            if (history.Length > 0)
                state.History.AddRange(history.Split('\n').Select(EpochRecord.FromCsv));
            return state;
        }
        catch (FormatException e)
        {
            throw new InvalidDataException($"The checkpoint's position is damaged: {e.Message}", e);
        }
    }

    private static void CheckFingerprint(string stored, string own)
    {
        if (stored == own)
            return;
        string[] there = stored.Split(", "), here = own.Split(", ");
        int at = there.Zip(here).TakeWhile(pair => pair.First == pair.Second).Count();
        throw new ArgumentException(
            $"the checkpoint was made with other settings: '{there.ElementAtOrDefault(at)}' there, '{here.ElementAtOrDefault(at)}' here; "
            + "resume with the same settings and images, or start a new training from its weights.", nameof(own));
    }

    private static string Read(StateDict checkpoint, string key) => checkpoint.Metadata.TryGetValue(Prefix + key, out string? value)
        ? value
        : throw new InvalidDataException($"The file is no training checkpoint: it lacks '{Prefix + key}'. Start a new training from its weights instead.");

    private static int Whole(StateDict checkpoint, string key) => int.Parse(Read(checkpoint, key), CultureInfo.InvariantCulture);

    private static double Number(StateDict checkpoint, string key) => double.Parse(Read(checkpoint, key), CultureInfo.InvariantCulture);

    private static string Text(double value) => value.ToString("r", CultureInfo.InvariantCulture);
}
