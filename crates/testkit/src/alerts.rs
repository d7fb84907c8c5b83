//! Hears every alert.

use std::sync::Mutex;

use services::{Alert, Alerts, LogAndCount};

#[derive(Default)]
pub struct SeenAlerts(Mutex<Vec<&'static str>>);

impl SeenAlerts {
    /// The kinds heard since the last call.
    pub fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Alerts for SeenAlerts {
    fn raise(&self, alert: &Alert<'_>) {
        self.0.lock().unwrap().push(alert.kind());
        LogAndCount.raise(alert);
    }
}
