//! Makes a difference smaller: fewer steps, fewer filters, fewer members, as long as relay and
//! model still differ somewhere.

use serde_json::Value;

use super::run::{self, Difference};
use super::world::{Step, World};

/// Worlds that are played at most to find a smaller one.
const ATTEMPTS_MAX: usize = 400;

/// A smaller world with a difference, and that difference.
pub(crate) async fn shrink(world: World, difference: Difference) -> (World, Difference) {
    let mut search = Search {
        world,
        difference,
        attempts: 0,
    };
    search.cut_end();
    search.drop_steps().await;
    search.drop_filters().await;
    search.drop_members().await;
    (search.world, search.difference)
}

struct Search {
    world: World,
    difference: Difference,
    attempts: usize,
}

impl Search {
    /// What comes after the difference did not cause it.
    fn cut_end(&mut self) {
        self.world.steps.truncate(self.difference.step + 1);
    }

    /// Whether these steps show a difference too; then they take the place of the longer ones.
    async fn is_enough(&mut self, steps: Vec<Step>) -> bool {
        if self.attempts >= ATTEMPTS_MAX {
            return false;
        }
        self.attempts += 1;
        let smaller = World {
            steps,
            ..self.world.clone()
        };
        let Err(difference) = run::play(&smaller).await else {
            return false;
        };
        self.world = smaller;
        self.difference = difference;
        self.cut_end();
        true
    }

    /// Halves, quarters, and so on down to single steps.
    async fn drop_steps(&mut self) {
        let mut length = self.world.steps.len().div_ceil(2);
        loop {
            let mut end = self.world.steps.len();
            while end > 0 {
                end = end.min(self.world.steps.len());
                let start = end.saturating_sub(length);
                let mut steps = self.world.steps.clone();
                steps.drain(start..end);
                self.is_enough(steps).await;
                end = start;
            }
            if length <= 1 {
                return;
            }
            length = length.div_ceil(2);
        }
    }

    async fn drop_filters(&mut self) {
        for step in 0..self.world.steps.len() {
            let mut index = 0;
            while let Some(filters) = self.filters(step)
                && filters.len() > 1
                && index < filters.len()
            {
                let mut steps = self.world.steps.clone();
                if let Step::Ask { filters, .. } = &mut steps[step] {
                    filters.remove(index);
                }
                if !self.is_enough(steps).await {
                    index += 1;
                }
            }
        }
    }

    async fn drop_members(&mut self) {
        for step in 0..self.world.steps.len() {
            let Some(filters) = self.filters(step) else {
                continue;
            };
            let names: Vec<(usize, String)> = filters
                .iter()
                .enumerate()
                .filter_map(|(index, filter)| Some((index, filter.as_object()?)))
                .flat_map(|(index, members)| members.keys().map(move |name| (index, name.clone())))
                .collect();
            for (index, name) in names {
                let mut steps = self.world.steps.clone();
                if let Some(Step::Ask { filters, .. }) = steps.get_mut(step)
                    && let Some(Value::Object(members)) = filters.get_mut(index)
                {
                    members.remove(&name);
                    self.is_enough(steps).await;
                }
            }
        }
    }

    fn filters(&self, step: usize) -> Option<&Vec<Value>> {
        match self.world.steps.get(step)? {
            Step::Ask { filters, .. } => Some(filters),
            _ => None,
        }
    }
}
